import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.hive.ql.parse.ParseDriver;
import org.apache.hadoop.hive.ql.parse.ParseException;

/** One line for each file: OK and the kind of statement, or ERR and where Hive's grammar stopped. */
public class HiveGrammar {
    public static void main(String[] files) throws Exception {
        for (var file : files) {
            try {
                var statement = new ParseDriver().parse(Files.readString(Path.of(file)));
                System.out.println("OK\t" + file + "\t" + statement.getChild(0));
            } catch (ParseException refused) {
                System.out.println("ERR\t" + file + "\t" + refused.getMessage().replace('\n', ' '));
            }
        }
    }
}
