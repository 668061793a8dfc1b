package io.mesocosm.conformance;

/**
 * Where a section registers its rows. A row is named {@code <section>/<row>}, for example {@code
 * 1/T4} or {@code 3/info.user}, as in the inventory {@code rows/<contract>.tsv}; each exactly once.
 */
public interface Rows {
  /**
   * A test that runs beside others. It must not hold offers: its frameworks subscribe without roles
   * or with suppressed ones ({@link Framework#suppressed()}), or take what they need by {@link
   * Target#runningTask}, which waits its turn.
   */
  void test(String row, String title, RowTest test);

  /**
   * A test that looks at offers: no other test holds any while it runs. Others run beside it, and
   * their tasks come and go: a test that compares amounts, or that must not see an offer, is {@link
   * #exclusive}.
   */
  void withOffers(String row, String title, RowTest test);

  /**
   * A test that runs alone: it disturbs the whole cluster (quota, weights, maintenance, draining),
   * or any change of the cluster would disturb it.
   */
  void exclusive(String row, String title, RowTest test);

  /**
   * A row that cannot be seen from outside, or not without other flags or failures of the programs
   * under test.
   */
  void notObservable(String row, String title, String why);
}
