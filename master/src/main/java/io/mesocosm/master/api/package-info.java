/**
 * The master's HTTP face: parses and checks requests on virtual threads, posts commands to the core
 * and renders snapshots. No rules of the cluster here.
 */
@NullMarked
package io.mesocosm.master.api;

import org.jspecify.annotations.NullMarked;
