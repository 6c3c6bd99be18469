package io.retort.distill.loss;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.retort.distill.schedule.ConstantCourse;
import io.retort.distill.schedule.Course;
import io.retort.distill.schedule.Courses;
import java.io.IOException;

/** Courses as JSON: a number where they are constant, otherwise an object that names its kind. */
final class CourseJson {
    private static final String KIND = "kind";
    private static final ObjectMapper PLAIN = new ObjectMapper();

    private CourseJson() {}

    static Module module() {
        return new SimpleModule().addSerializer(Course.class, new Writer()).addDeserializer(Course.class, new Reader());
    }

    private static final class Writer extends JsonSerializer<Course> {
        @Override
        public void serialize(Course course, JsonGenerator out, SerializerProvider provider) throws IOException {
            if (course instanceof ConstantCourse constant) {
                out.writeNumber(constant.value());
                return;
            }
            ObjectNode object = PLAIN.createObjectNode();
            object.put(KIND, Courses.CATALOGUE.kindOf(course).name());
            object.setAll((ObjectNode) PLAIN.valueToTree(course));
            out.writeTree(object);
        }
    }

    private static final class Reader extends JsonDeserializer<Course> {
        @Override
        public Course deserialize(JsonParser in, DeserializationContext context) throws IOException {
            JsonNode node = in.readValueAsTree();
            if (node.isNumber()) {
                return Course.of(node.doubleValue());
            }
            ObjectNode object = (ObjectNode) node;
            String kind = object.remove(KIND).asText();
            return PLAIN.treeToValue(
                    object, Courses.CATALOGUE.find(kind).orElseThrow().settings());
        }
    }
}
