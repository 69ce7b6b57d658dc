using System.Buffers.Binary;
using System.Data.Common;
using System.Security.Cryptography;
using Dapper;

namespace NetworkIdentity.Registry;

/// <summary>Copies a database into an empty one, of the same engine or the other: for backups, restores and moves.</summary>
/// <remarks>
/// The tables are those that the schema has, so a new one needs no word here. What is read is one moment of the source; what is written is one transaction
/// of the target, which is committed only when every table has the same rows on both sides, by count and digest. Who is killed in between leaves the
/// target as empty as it was.
/// </remarks>
public static class Copying
{
    /// <summary>What a database says of itself; every database makes its own.</summary>
    private const string OwnTable = "migration";

    /// <summary>A table that was copied.</summary>
    /// <param name="Table">Its name.</param>
    /// <param name="Rows">How many rows it has.</param>
    /// <param name="Digest">SHA-256 over its rows, in hexadecimal: the same on every engine.</param>
    public sealed record Copied(string Table, long Rows, string Digest);

    /// <summary>Copies all tables, and compares.</summary>
    /// <param name="from">The source; others may write to it meanwhile.</param>
    /// <param name="to">The target; nobody else may use it.</param>
    /// <param name="progress">Hears of each table how many rows are copied.</param>
    /// <exception cref="Standards.Refusal"><c>database_not_empty</c>: the target holds a nation or parts of one. <c>copy_differs</c>: nothing was kept.</exception>
    public static async Task<IReadOnlyList<Copied>> RunAsync(Database from, Database to, IProgress<(string Table, long Rows)>? progress = null)
    {
        await CheckEmptyAsync(to);
        await using var source = await from.Inner.Readers.OpenConnectionAsync();
        await using var snapshot = from.Inner.BeginSnapshot(source);
        var copied = new List<Copied>();
        to.Inner.InTransaction((target, transaction) =>
        {
            var tables = Tables(from, source);
            var known = Tables(to, target);
            if (!tables.Select(Shape).SequenceEqual(known.Select(Shape))) throw NationRefusal.CopyDiffers("the two databases have different tables");
            foreach (var (table, own) in tables.Zip(known))
            {
                using var read = new Digest();
                to.Inner.Append(target, transaction, own, Reported(read.Of(Rows(source, snapshot, table)), table.Name, progress));
                using var written = new Digest();
                foreach (var row in written.Of(Rows(target, transaction, own))) _ = row;
                if (read.Count != written.Count || read.Value != written.Value)
                    throw NationRefusal.CopyDiffers($"{table.Name} has {read.Count} rows ({read.Value}) here and {written.Count} ({written.Value}) there");
                copied.Add(new Copied(table.Name, read.Count, read.Value));
            }
        });
        return copied;
    }

    /// <summary>Looks whether a database holds nothing yet.</summary>
    /// <exception cref="Standards.Refusal"><c>database_not_empty</c>.</exception>
    public static async Task CheckEmptyAsync(Database database)
    {
        await using var connection = await database.Inner.Readers.OpenConnectionAsync();
        foreach (var table in Tables(database, connection))
            if (await connection.ExecuteScalarAsync<long>($"SELECT count(*) FROM (SELECT 1 FROM {TableShape.Quote(table.Name)} LIMIT 1) one") > 0)
                throw NationRefusal.DatabaseNotEmpty(table.Name);
    }

    /// <summary>Counts and digests the tables of a database as they are now.</summary>
    internal static async Task<IReadOnlyList<Copied>> DigestAsync(Database database)
    {
        await using var connection = await database.Inner.Readers.OpenConnectionAsync();
        await using var snapshot = database.Inner.BeginSnapshot(connection);
        var all = new List<Copied>();
        foreach (var table in Tables(database, connection))
        {
            using var digest = new Digest();
            foreach (var row in digest.Of(Rows(connection, snapshot, table))) _ = row;
            all.Add(new Copied(table.Name, digest.Count, digest.Value));
        }

        return all;
    }

    private static List<TableShape> Tables(Database database, DbConnection connection)
    {
        var tables = database.Inner.Tables(connection).Where(table => table.Name != OwnTable).ToList();
        return tables.Find(table => table.Order.Length == 0) is { } keyless ? throw new InvalidOperationException($"the table {keyless.Name} has no primary key") : tables;
    }

    private static string Shape(TableShape table) => $"{table.Name} ({table.ColumnList})";

    private static IEnumerable<object?[]> Rows(DbConnection connection, DbTransaction transaction, TableShape table)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandTimeout = 0; // The order of a large table takes its time before the first row comes.
#pragma warning disable CA2100 // The names are those of the schema.
        command.CommandText = table.SelectAll;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader(System.Data.CommandBehavior.SingleResult);
        while (reader.Read())
        {
            var row = new object?[table.Columns.Count];
            for (var at = 0; at < row.Length; at++) row[at] = reader.IsDBNull(at) ? null : reader.GetValue(at);
            yield return row;
        }
    }

    private static IEnumerable<object?[]> Reported(IEnumerable<object?[]> rows, string table, IProgress<(string Table, long Rows)>? progress)
    {
        var count = 0L;
        foreach (var row in rows)
        {
            if (++count % 1000 == 0) progress?.Report((table, count));
            yield return row;
        }

        progress?.Report((table, count));
    }

    /// <summary>Digests rows as they pass. Of each value: its kind, its length, its bytes.</summary>
    private sealed class Digest : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public long Count { get; private set; }

        public string Value => Convert.ToHexStringLower(_hash.GetCurrentHash());

        public IEnumerable<object?[]> Of(IEnumerable<object?[]> rows)
        {
            foreach (var row in rows)
            {
                foreach (var value in row) Add(value);
                Count++;
                yield return row;
            }
        }

        public void Dispose() => _hash.Dispose();

        private void Add(object? value)
        {
            var (kind, bytes) = value switch
            {
                null => ((byte)0, Array.Empty<byte>()),
                string text => ((byte)1, System.Text.Encoding.UTF8.GetBytes(text)),
                long number => ((byte)2, Eight(number)),
                byte[] blob => ((byte)3, blob),
                _ => throw NationRefusal.CopyDiffers($"a value is a {value.GetType().Name}: only text, integers and bytes are stored"),
            };
            _hash.AppendData([kind, .. Eight(bytes.LongLength)]);
            _hash.AppendData(bytes);
        }

        private static byte[] Eight(long number)
        {
            var bytes = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(bytes, number);
            return bytes;
        }
    }
}
