/** Students as files that other programs serve, and the proof that they compute what was evaluated. */
package io.retort.export;
