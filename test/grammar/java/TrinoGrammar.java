import io.trino.sql.parser.ParsingException;
import io.trino.sql.parser.SqlParser;
import java.nio.file.Files;
import java.nio.file.Path;

/** One line for each file: OK and the kind of statement, or ERR and where Trino's grammar stopped. */
public class TrinoGrammar {
    public static void main(String[] files) throws Exception {
        var parser = new SqlParser();
        for (var file : files) {
            try {
                var statement = parser.createStatement(Files.readString(Path.of(file)));
                System.out.println("OK\t" + file + "\t" + statement.getClass().getSimpleName());
            } catch (ParsingException refused) {
                System.out.println("ERR\t" + file + "\t" + refused.getMessage());
            }
        }
    }
}
