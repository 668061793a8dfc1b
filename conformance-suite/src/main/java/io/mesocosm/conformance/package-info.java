/** Black-box tests of the Mesos HTTP APIs, one a contract row, for any master and agent. */
@NullMarked
package io.mesocosm.conformance;

import org.jspecify.annotations.NullMarked;
