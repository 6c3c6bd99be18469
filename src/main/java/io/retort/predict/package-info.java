/** Any model that can be asked, and the one place of a process that keeps models open. It knows neither the data's columns nor which engine computes. */
package io.retort.predict;
