package io.mesocosm.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class PartsTest {
  private final Parts parts = new Parts();

  @Test
  void eachPartHasItsMedianAndAllItsValues() {
    for (double value : new double[] {3, 1, 2}) {
      parts.add("first offer", value);
    }

    assertThat(parts.median("first offer")).isEqualTo(2);
    assertThat(parts.highest("first offer")).isEqualTo(3);
    assertThat(parts.table("failover").toString())
        .contains("first offer", "2.00", "3.000 1.000 2.000");
    ObjectNode json = new ObjectMapper().createObjectNode();
    parts.writeTo(json);
    assertThat(json.toString())
        .isEqualTo("{\"first_offer\":{\"median\":2.0,\"all\":[3.0,1.0,2.0]}}");
  }

  @Test
  void whatWasNeverMeasuredIsZero() {
    assertThat(parts.median("nothing")).isZero();
    assertThat(parts.highest("nothing")).isZero();
  }
}
