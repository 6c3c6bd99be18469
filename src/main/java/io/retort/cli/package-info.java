/** The commands of {@code retort}, one class each. Only this package prints or ends the process. */
package io.retort.cli;
