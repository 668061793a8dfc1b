/**
 * Whether and how an offer fits an app: constraints, resources and ports. Pure: values in, a match
 * or the reasons against it out.
 */
@NullMarked
package io.mesocosm.services.matching;

import org.jspecify.annotations.NullMarked;
