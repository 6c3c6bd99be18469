package io.retort.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "cannot read s3a://user:hunter2@bucket/x: gone | cannot read s3a://(redacted)@bucket/x: gone",
                "hdfs://user:hun@ter2@host/x | hdfs://(redacted)@host/x",
                "spark.hadoop.fs.s3a.secret.key=hunter2 | spark.hadoop.fs.s3a.secret.key=(redacted)",
                "--conf fs.s3a.bucket.b.session.token=hunter2 x | --conf fs.s3a.bucket.b.session.token=(redacted) x",
                "{\"db.password\" : \"hunter2 or so\", \"b\": 1} | {\"db.password\" : (redacted), \"b\": 1}",
                "password: hunter2, name: n | password: (redacted), name: n",
                "spark.ssl.keyStorePassword=hunter2 | spark.ssl.keyStorePassword=(redacted)",
                "access-key = hunter2 | access-key = (redacted)",
                "shard key=0123 and s3a://bucket/x:y@z stay | shard key=0123 and s3a://bucket/x:y@z stay",
                "a token of love | a token of love"
            })
    void showsATextWithoutItsSecrets(String text, String shown) {
        assertThat(Secrets.redacted(text)).isEqualTo(shown);
    }
}
