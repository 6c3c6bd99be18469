/** Functions from networks to smaller networks, and their settings in a recipe. */
package io.retort.compress;
