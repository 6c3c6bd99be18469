/** Reports of runs: figures over seeds, verdicts, tables. */
package io.retort.report;
