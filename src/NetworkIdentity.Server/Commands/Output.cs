using System.CommandLine;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Server.Commands;

/// <summary>What a command prints: words for a person, or JSON for a program.</summary>
internal static class Output
{
    /// <summary>The option that every command has.</summary>
    public static Option<bool> JsonOption() => new("--json") { Description = "Print JSON" };

    /// <summary>Prints a record: as JSON, or a line for each member.</summary>
    public static int Print(JsonObject record, bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(StrictJson.WriteText(record));
            return 0;
        }

        var width = record.Max(member => member.Key.Length) + 2;
        foreach (var (name, value) in record) Console.Out.WriteLine($"{name.PadRight(width)}{Text(value)}");
        return 0;
    }

    /// <summary>Prints records: as a JSON array, or as a table.</summary>
    public static int Print(IReadOnlyList<JsonObject> records, bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(StrictJson.WriteText(new JsonArray([.. records])));
            return 0;
        }

        if (records.Count == 0)
        {
            Console.Out.WriteLine("None yet.");
            return 0;
        }

        var names = records[0].Select(member => member.Key).ToList();
        var widths = names.Select(name => Math.Max(name.Length, records.Max(record => Text(record[name]).Length)) + 2).ToList();
        Console.Out.WriteLine(string.Concat(names.Select((name, i) => name.PadRight(widths[i]))).TrimEnd());
        foreach (var record in records)
            Console.Out.WriteLine(string.Concat(names.Select((name, i) => Text(record[name]).PadRight(widths[i]))).TrimEnd());
        return 0;
    }

    /// <summary>Says how far long work has come, on one line of a terminal; nothing where nobody looks.</summary>
    public static void Progress(string text)
    {
        if (!Console.IsErrorRedirected) Console.Error.Write($"\r{text}   ");
    }

    /// <summary>Ends the line of <see cref="Progress"/>.</summary>
    public static void EndProgress()
    {
        if (!Console.IsErrorRedirected) Console.Error.WriteLine();
    }

    /// <summary>A time as a person and a program read it [RFC3339].</summary>
    public static string? Time(long? unixSeconds) =>
        unixSeconds is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:ssZ") : null;

    /// <summary>Texts as an array.</summary>
    public static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    private static string Text(JsonNode? value) => value switch
    {
        null => "-",
        JsonArray array => string.Join(", ", array.Select(Text)),
        JsonObject => StrictJson.WriteText(value),
        _ => value.ToString(),
    };
}
