/** How the learning rate moves over a training. */
package io.retort.distill.schedule;
