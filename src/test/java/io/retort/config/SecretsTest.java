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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:postgresql://h/db?user=u&password=a,b c&ssl=true | jdbc:postgresql://h/db?user=u&password=(redacted)&ssl=true",
                "jdbc:sqlserver://h;user=u;password=a&b;x=1 | jdbc:sqlserver://h;user=u;password=(redacted);x=1",
                "jdbc:mysql://(host=h,password=ab)/db | jdbc:mysql://(host=h,password=(redacted))/db",
                "jdbc:mysql://u:hunter2@h/db | jdbc:mysql://(redacted)@h/db",
                "jdbc:oracle:thin:scott/tiger@//h:1521/x | jdbc:oracle:thin:(redacted)@//h:1521/x",
                "jdbc:h2:mem:clicks;DB_CLOSE_DELAY=-1 | jdbc:h2:mem:clicks;DB_CLOSE_DELAY=-1",
                "token = 5 | token = 5"
            })
    void showsAnAddressOfADatabaseWithoutItsSecrets(String address, String shown) {
        assertThat(Secrets.redacted("options.url", address)).isEqualTo(shown);
    }
}
