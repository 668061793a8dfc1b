package io.mesocosm.conformance;

/** The tests of one section of a contract page. Implementations hold no state. */
public interface RowTests {
  /** The name of the contract page without its ending, for example {@code mesos-scheduler-api}. */
  String contract();

  /**
   * Says for each row of the section how it is tested, or why it is not observable from outside.
   */
  void register(Rows rows);
}
