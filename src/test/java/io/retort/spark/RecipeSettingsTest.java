package io.retort.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeSettingsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "spark.jars",
                "spark.jars.packages",
                "spark.plugins",
                "spark.extraListeners",
                "spark.driver.extraJavaOptions",
                "spark.executor.extraJavaOptions",
                "spark.executor.extraClassPath",
                "spark.executor.defaultJavaOptions",
                "spark.executorEnv.LD_PRELOAD",
                "spark.sql.extensions",
                "spark.sql.catalog.x",
                "spark.serializer",
                "spark.kryo.registrator",
                "spark.closure.serializer",
                "spark.shuffle.manager",
                "spark.shuffle.sort.io.plugin.class",
                "spark.io.compression.codec",
                "spark.eventLog.dir",
                "spark.master",
                "spark.submit.deployMode",
                "spark.local.dir",
                "spark.files",
                "spark.archives",
                "spark.yarn.archive",
                "spark.kubernetes.driver.podTemplateFile",
                "spark.scheduler.allocation.file",
                "spark.dynamicAllocation.enabled.x\n",
                "spark.hadoop.fs.file.impl",
                "spark.hadoop.fs.s3a.aws.credentials.provider",
                "spark.hadoop.fs.s3a.endpoint",
                "spark.hadoop.hadoop.security.credential.provider.path",
                "spark.ui.enabled",
                "spark.redaction.regex"
            })
    void aRecipeMayNotLoadCodeOrWriteElsewhere(String key) {
        assertThat(RecipeSettings.refusal(key))
                .get()
                .asString()
                .startsWith(
                        "must not stand in a recipe, which may come from anybody, because it is not one of the sizes,")
                .endsWith("; give it on the command line: retort --conf " + key + "=... run ...");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spark.task.maxFailures",
                "spark.task.cpus",
                "spark.executor.memory",
                "spark.executor.memoryOverhead",
                "spark.executor.instances",
                "spark.speculation",
                "spark.speculation.multiplier",
                "spark.excludeOnFailure.enabled",
                "spark.network.timeout",
                "spark.dynamicAllocation.maxExecutors",
                "spark.sql.shuffle.partitions",
                "spark.hadoop.fs.s3a.access.key",
                "spark.hadoop.fs.s3a.bucket.data-1.secret.key",
                "spark.hadoop.fs.s3a.endpoint.region",
                "spark.hadoop.fs.s3a.md5.header.enabled",
                "spark.hadoop.fs.s3a.bucket.data-1.checksum.calculation.enabled"
            })
    void aRecipeMaySetSizesCountsTimesAndKeys(String key) {
        assertThat(RecipeSettings.refusal(key)).isEmpty();
    }
}
