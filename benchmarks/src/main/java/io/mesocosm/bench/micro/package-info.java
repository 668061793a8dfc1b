/** JMH benchmarks of the hot parts; JMH generates what runs them at compile time. */
@NullMarked
package io.mesocosm.bench.micro;

import org.jspecify.annotations.NullMarked;
