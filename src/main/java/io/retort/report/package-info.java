/** What a run tells: figures over seeds, verdicts, tables. */
package io.retort.report;
