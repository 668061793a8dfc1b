/**
 * Commands that speak to a running cluster over its HTTP APIs: apps, tasks, nodes and one-off runs.
 */
@NullMarked
package io.mesocosm.cli.client;

import org.jspecify.annotations.NullMarked;
