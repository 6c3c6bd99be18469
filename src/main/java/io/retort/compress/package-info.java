/** Functions from networks to smaller networks, and what a recipe says of them. */
package io.retort.compress;
