package io.mesocosm.master;

/**
 * Why a task may not be launched.
 *
 * @param message names the field, its value and what would be valid
 */
record TaskRefusal(String message) {}
