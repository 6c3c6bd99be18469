/**
 * For people's own tests of their recipes, with JUnit 5. Imports runs and recipes; nothing else of the program imports
 * it, since JUnit is not in the jar.
 */
package io.retort.junit;
