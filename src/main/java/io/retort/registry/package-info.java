/** Published models: versions, the gate that a challenger must pass, and the pointer to the champion. */
package io.retort.registry;
