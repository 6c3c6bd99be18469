/**
 * Architecture search: which students are tried, in what order, and what is left of them. Uses {@code run}, which trains
 * and measures each; no other room but {@code cli} uses it.
 */
package io.retort.search;
