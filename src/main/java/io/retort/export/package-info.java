/**
 * The proof that an exported file computes what was evaluated. Imports the engines' common seam.
 */
package io.retort.export;
