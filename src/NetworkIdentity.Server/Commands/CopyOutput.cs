using System.Text.Json.Nodes;
using NetworkIdentity.Registry;

namespace NetworkIdentity.Server.Commands;

/// <summary>What a command says while it copies a database, and after.</summary>
internal static class CopyOutput
{
    public static IProgress<(string Table, long Rows)> Progress() => new Said();

    /// <summary>Prints a record, and how many rows and tables were copied; as JSON with the digest of each.</summary>
    public static int Print(JsonObject record, IReadOnlyList<Copying.Copied> tables, bool json)
    {
        record["rows"] = tables.Sum(table => table.Rows);
        record["tables"] = json
            ? new JsonArray([.. tables.Select(table => new JsonObject { ["table"] = table.Table, ["rows"] = table.Rows, ["sha256"] = table.Digest })])
            : tables.Count;
        return Output.Print(record, json);
    }

    /// <summary>At once and in order, as <see cref="System.Progress{T}"/> is not.</summary>
    private sealed class Said : IProgress<(string Table, long Rows)>
    {
        public void Report((string Table, long Rows) value) => Output.Progress($"{value.Table}: {value.Rows} rows");
    }
}
