package io.retort.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.config.ConfigSource;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.storage.Storage;
import io.retort.teacher.RecipeMismatchException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is seen of data and saved networks before Spark starts, on file systems that answer and on some that do not. */
class PreviewTest {
    @TempDir
    private Path directory;

    /** A file system far away: paths that begin with {@code /silent} get no answer, those with {@code /cut} no connection, others are not there. */
    static final class Far extends RawLocalFileSystem {
        private static final CountDownLatch NEVER = new CountDownLatch(1);

        @Override
        public URI getUri() {
            return URI.create("far://host");
        }

        @Override
        public boolean exists(org.apache.hadoop.fs.Path path) throws IOException {
            try {
                getFileStatus(path);
                return true;
            } catch (FileNotFoundException e) {
                return false;
            }
        }

        @Override
        public FileStatus getFileStatus(org.apache.hadoop.fs.Path path) throws IOException {
            if (path.toUri().getPath().startsWith("/silent")) {
                try {
                    NEVER.await();
                } catch (InterruptedException e) {
                    throw new IOException("interrupted", e);
                }
            } else if (path.toUri().getPath().startsWith("/cut")) {
                throw new ConnectException("connection refused by host");
            }
            throw new FileNotFoundException(path + " is not there");
        }
    }

    private Preview preview(String paths, String teacher) throws IOException {
        return preview(paths, teacher, Duration.ofMinutes(1));
    }

    private Preview preview(String paths, String teacher, Duration patience) throws IOException {
        Path good = Files.writeString(directory.resolve("a.csv"), "a,y\n1,0\n2,1\n");
        String source = "{ kind = csv, label = y, classes = 2, paths = [\"%s\"] }\n";
        String recipe = "name = far\ndata.train " + source.formatted(paths.isEmpty() ? good : paths) + "data.test "
                + source.formatted(good) + "teacher { kind = network, " + teacher + " }\n"
                + "students = [{ name = s, architecture = mlp, losses = [soft-target] }]\n";
        Configuration configuration = new Configuration(false);
        configuration.setClass("fs.far.impl", Far.class, org.apache.hadoop.fs.FileSystem.class);
        configuration.setBoolean("fs.far.impl.disable.cache", true);
        Recipe bound = Kinds.binder().bind(ConfigSource.text("far.conf", recipe), Recipe.class);
        return Preview.of(bound, new Preview.Looking(Storage.of(configuration), patience, Optional.empty()));
    }

    @Test
    void whatAnswersIsLookedAt() throws IOException {
        assertThat(preview("", "architecture = mlp").misfits()).isEmpty();
        assertThat(preview("", "architecture = mlp").unseen()).isEmpty();
    }

    @Test
    void whatIsNotThereOnAFileSystemThatAnswersIsWrong() throws IOException {
        Preview preview = preview("far://host/gone.csv", "from = \"far://host/gone\"");
        assertThat(preview.misfits())
                .extracting(RecipeMismatchException.Misfit::path)
                .containsExactly("data.train.paths", "teacher.from");
        assertThat(preview.unseen()).isEmpty();
    }

    @Test
    void aFileSystemThatCannotBeReachedIsNotWrong() throws IOException {
        Preview preview = preview("far://host/cut/a.csv", "from = \"far://host/cut/saved\"");
        assertThat(preview.misfits()).isEmpty();
        assertThat(preview.unseen())
                .hasSize(3)
                .anyMatch(unseen ->
                        unseen.startsWith("data.train, since ") && unseen.endsWith("connection refused by host"))
                .anyMatch(unseen ->
                        unseen.startsWith("teacher.from, since ") && unseen.endsWith("connection refused by host"))
                .endsWith("whether networks and compression fit the data, since not all of that could be looked at");
    }

    @Test
    void aFileSystemThatDoesNotAnswerIsNotWaitedFor() throws IOException {
        Preview preview = preview("far://host/silent/a.csv", "architecture = mlp", Duration.ofMillis(900));
        assertThat(preview.misfits()).isEmpty();
        assertThat(preview.unseen())
                .containsExactly(
                        "data.train, since there was no answer within 900 ms",
                        "whether networks and compression fit the data, since not all of that could be looked at");
    }
}
