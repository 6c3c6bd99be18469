/**
 * The architectures: functions from settings, the shape of a sample and the number of classes to the structure of a
 * network.
 */
package io.retort.network.zoo;
