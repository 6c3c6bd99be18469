package io.retort.run;

import io.retort.report.Report;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import org.apache.hadoop.fs.Path;

/** Reports on disk, as runs write them. */
public final class WrittenReports {
    private WrittenReports() {}

    /** Writes the report of a run under a root. */
    public static void write(Storage storage, Path root, String run, Report report) {
        storage.write(new Path(root, "runs/" + report.name() + "/" + run + "/report.json"), Json.file(report));
    }
}
