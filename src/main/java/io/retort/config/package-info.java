/**
 * The configuration: HOCON files bound to records, catalogues of kinds, and every problem at once with the place where
 * it was written.
 *
 * <p>{@code reference.conf} holds each default exactly once. A key of the recipe has its default at its own path; the
 * elements of a list {@code students} have theirs under {@code defaults.students}, and the kind {@code soft-target} of
 * the catalogue {@code losses} under {@code defaults.losses.soft-target}. A recipe may set the same paths.
 */
package io.retort.config;
