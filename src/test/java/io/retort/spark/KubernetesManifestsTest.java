package io.retort.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.dataformat.yaml.YAMLFactory;

/**
 * The manifests of {@code submit-scripts/kubernetes}: that they are YAML, and that Spark finds in them what it looks
 * for.
 */
class KubernetesManifestsTest {
    private static final Path FOLDER = Path.of("submit-scripts", "kubernetes");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private static List<JsonNode> documents(String file) throws IOException {
        List<JsonNode> documents = new ArrayList<>();
        YAML.readerFor(JsonNode.class)
                .<JsonNode>readValues(Files.readString(FOLDER.resolve(file)))
                .forEachRemaining(documents::add);
        return documents;
    }

    /** Spark takes the container of this name, and every volume that is mounted must be there. */
    @ParameterizedTest
    @CsvSource({"driver-pod.yaml,spark-kubernetes-driver,driver", "executor-pod.yaml,spark-kubernetes-executor,executor"
    })
    void podTemplatesAreOnePodWithSparksContainer(String file, String container, String component) throws IOException {
        assertThat(documents(file)).hasSize(1);
        JsonNode pod = documents(file).get(0);
        assertThat(pod.at("/kind").asText()).isEqualTo("Pod");
        assertThat(pod.at("/metadata/labels/app.kubernetes.io~1component").asText())
                .isEqualTo(component);
        assertThat(pod.at("/spec/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(pod.at("/spec/containers")).hasSize(1);
        assertThat(pod.at("/spec/containers/0/name").asText()).isEqualTo(container);
        assertThat(pod.at("/spec/containers/0/securityContext/allowPrivilegeEscalation")
                        .isBoolean())
                .isTrue();
        List<String> volumes = pod.at("/spec/volumes").findValuesAsText("name");
        assertThat(pod.at("/spec/containers/0/volumeMounts").findValuesAsText("name"))
                .isEqualTo(volumes)
                // Spark uses volumes of such names as its local directories.
                .allMatch(name -> name.startsWith("spark-local-dir-"));
        // Memory and cores are Spark's to set, from what the launcher computes.
        assertThat(pod.at("/spec/containers/0").has("resources")).isFalse();
    }

    @Test
    void theDriversAccountMayStartPodsInItsNamespaceOnly() throws IOException {
        List<JsonNode> documents = documents("access.yaml");
        assertThat(documents.stream().map(document -> document.at("/kind").asText()))
                .containsExactly("Namespace", "ServiceAccount", "Role", "RoleBinding");
        JsonNode binding = documents.get(3);
        assertThat(binding.at("/roleRef/name")).isEqualTo(documents.get(2).at("/metadata/name"));
        assertThat(binding.at("/subjects/0/name")).isEqualTo(documents.get(1).at("/metadata/name"));
        assertThat(documents.get(2).at("/rules/0/resources"))
                .extracting(JsonNode::asText)
                .contains("pods")
                .doesNotContain("*", "secrets");
    }

    @Test
    void theImageBringsTheSparkMinorVersionThatRetortIsBuiltFor() throws IOException {
        String minor = Build.current().sparkVersion().replaceAll("\\.\\d+$", "");
        assertThat(Files.readString(FOLDER.resolve("Dockerfile")))
                .contains("FROM apache/spark:" + minor + ".")
                .contains("java17")
                .contains("/opt/retort/retort.jar");
    }
}
