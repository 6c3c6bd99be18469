/** What rows of Parquet files hold, value by value. Imports data. */
package io.retort.data.source.parquet;
