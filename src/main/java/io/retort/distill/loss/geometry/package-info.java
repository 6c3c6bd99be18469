/** The arithmetic of rows and maps that losses share. It knows no loss, and imports shapes alone. */
package io.retort.distill.loss.geometry;
