/**
 * The proof that an exported file computes as the evaluated network. Imports the engines' common seam.
 */
package io.retort.export;
