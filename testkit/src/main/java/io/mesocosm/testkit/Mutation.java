package io.mesocosm.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What may befall a body on its way from a client that is broken, or hostile. */
public enum Mutation {
  FLIPPED_BITS {
    @Override
    byte[] of(byte[] body, Random random) {
      byte[] changed = body.clone();
      for (int i = 0; i <= random.nextInt(6) && changed.length > 0; i++) {
        changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
      }
      return changed;
    }
  },
  TRUNCATED {
    @Override
    byte[] of(byte[] body, Random random) {
      return Arrays.copyOf(body, random.nextInt(body.length + 1));
    }
  },
  PART_REPEATED {
    @Override
    byte[] of(byte[] body, Random random) {
      int begin = random.nextInt(body.length + 1);
      int end = begin + random.nextInt(body.length - begin + 1);
      byte[] part = Arrays.copyOfRange(body, begin, end);
      byte[] changed = body;
      for (int i = 0; i < 1 + random.nextInt(20); i++) {
        changed = spliced(changed, begin, begin, part);
      }
      return changed;
    }
  },
  PART_LOST {
    @Override
    byte[] of(byte[] body, Random random) {
      int begin = random.nextInt(body.length + 1);
      return spliced(body, begin, begin + random.nextInt(body.length - begin + 1), new byte[0]);
    }
  },
  JUNK_INSERTED {
    @Override
    byte[] of(byte[] body, Random random) {
      byte[] junk = new byte[random.nextInt(64)];
      random.nextBytes(junk);
      int at = random.nextInt(body.length + 1);
      return spliced(body, at, at, junk);
    }
  },
  /** In protobuf most bytes that are changed like this are lengths, of gigabytes then. */
  HUGE_LENGTH {
    @Override
    byte[] of(byte[] body, Random random) {
      int at = random.nextInt(body.length + 1);
      return spliced(body, at, Math.min(body.length, at + 1), HUGE[random.nextInt(HUGE.length)]);
    }
  },
  /** A string or number of JSON becomes something else that is JSON, mostly. */
  OTHER_VALUE {
    @Override
    byte[] of(byte[] body, Random random) {
      String text = new String(body, ISO_8859_1);
      Matcher matcher = VALUE.matcher(text);
      List<MatchResult> values = matcher.results().toList();
      if (values.isEmpty()) {
        return FLIPPED_BITS.of(body, random);
      }
      MatchResult value = values.get(random.nextInt(values.size()));
      String other = ODD_VALUES.get(random.nextInt(ODD_VALUES.size()));
      return spliced(body, value.start(), value.end(), other.getBytes(ISO_8859_1));
    }
  };

  private static final byte[][] HUGE = {
    {-1, -1, -1, -1, 7},
    {-1, -1, -1, -1, -1, -1, -1, -1, -1, 1},
    {-128, -128, -128, 4},
    {'9', '9', '9', '9', '9', '9', '9', '9', '9', '9', '9', '9'}
  };
  private static final Pattern VALUE = Pattern.compile("\"[^\"]*\"|-?[0-9]+(\\.[0-9]+)?");
  private static final List<String> ODD_VALUES =
      List.of(
          "null",
          "true",
          "{}",
          "[]",
          "[[[[[[]]]]]]",
          "-1",
          "1e308",
          "-1e999",
          "18446744073709551616",
          "NaN",
          "\"Infinity\"",
          "\"\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"../../etc\"",
          "\"" + "x".repeat(70_000) + "\"");

  abstract byte[] of(byte[] body, Random random);

  /** One or several of them. */
  public static byte[] any(byte[] body, Random random) {
    byte[] changed = body;
    do {
      changed = values()[random.nextInt(values().length)].of(changed, random);
    } while (random.nextInt(4) == 0);
    return changed;
  }

  private static byte[] spliced(byte[] body, int begin, int end, byte[] instead) {
    byte[] changed = new byte[begin + instead.length + body.length - end];
    System.arraycopy(body, 0, changed, 0, begin);
    System.arraycopy(instead, 0, changed, begin, instead.length);
    System.arraycopy(body, end, changed, begin + instead.length, body.length - end);
    return changed;
  }
}
