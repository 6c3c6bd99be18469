/**
 * The kinds of teachers: their settings in a recipe, what they become before anything is trained, and the trained
 * teacher. Imports data, distill and predict; Spark stays outside.
 */
package io.retort.teacher;
