/** The seam behind which every teacher stands, and the one place of an executor that keeps teachers open. */
package io.retort.teacher;
