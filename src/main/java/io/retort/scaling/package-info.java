/** How long a recipe takes and what memory it needs on so many executors, told before it runs. */
package io.retort.scaling;
