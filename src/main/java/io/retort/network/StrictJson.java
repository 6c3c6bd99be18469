package io.retort.network;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * JSON of saved networks, which may come from elsewhere: a key that is missing, double or unknown is an error, and so
 * is anything after the end.
 */
public final class StrictJson {
    private StrictJson() {}

    /** Keys are kebab-case. */
    public static JsonMapper mapper() {
        return JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .enable(
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                        DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                        DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .build();
    }

    /** The reason of a refusal in one sentence: that of the record that refused its values, or Jackson's own. */
    public static String reason(JacksonException refusal) {
        return refusal.getCause() instanceof RuntimeException cause ? cause.getMessage() : refusal.getOriginalMessage();
    }
}
