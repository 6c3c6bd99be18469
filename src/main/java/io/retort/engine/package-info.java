/** Networks in training, whatever computes their steps; imports networks alone. The rooms below it are the engines. */
package io.retort.engine;
