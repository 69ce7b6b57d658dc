using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.TransparencyLog;

namespace NetworkIdentity.Ledger;

/// <summary>What a row of the journal is as a leaf of the public log.</summary>
/// <remarks>
/// The entry that everyone sees is a JSON object: <c>act</c>, and <c>commitment</c>, which is base64url(SHA-256(salt || record)). The record is the JSON
/// object of the row's <c>act</c>, <c>actor</c>, <c>at</c>, <c>charter</c>, <c>counts</c>, <c>detail</c> and <c>subject</c>, in this order, without those that are null. Who
/// has record and salt can show what a leaf says; who has not learns nothing from it. Acts about no person are published open: record and salt stand in
/// their entries. <c>counts</c> is a digest (<see cref="Counted"/>): so what a holder shows of their own leaf doesn't say whose it is.
/// </remarks>
public static class LeafRecord
{
    /// <summary>The acts about no person: keys, lists, censuses, and the nation itself.</summary>
    private static readonly HashSet<string> OpenActs = ["found", "make-key", "open-list", "publish-list", "restore", "recognise", "end_recognition", "take-census"];

    /// <summary>The published entry of a row.</summary>
    public static byte[] EntryOf(Journal.Row row) => row.Entry ?? Entry(row.Act, Of(row), row.Salt ?? []);

    /// <summary>The hash of the leaf of a row.</summary>
    public static byte[] HashOf(Journal.Row row) => MerkleTree.HashLeaf(EntryOf(row));

    /// <summary>What opens a leaf to someone who may see it: the JSON object of <c>record</c> and <c>salt</c>.</summary>
    public static byte[] OpeningOf(Journal.Row row) => Written(writer => WriteOpening(writer, Of(row), row.Salt ?? []));

    /// <summary>The entry that a record and its salt make: what a holder of an opening compares with the log.</summary>
    /// <param name="act">The act, which stands in the record too.</param>
    /// <param name="record">The record's bytes, as they are.</param>
    /// <param name="salt">The salt.</param>
    public static byte[] Entry(string act, byte[] record, byte[] salt) => Written(writer =>
    {
        writer.WriteString("act", act);
        writer.WriteString("commitment", Base64Url.Encode(SHA256.HashData([.. salt, .. record])));
        if (OpenActs.Contains(act)) WriteOpening(writer, record, salt);
    });

    /// <summary>The entry that an opening makes, as <see cref="OpeningOf"/> wrote it, and the record that it opens.</summary>
    /// <exception cref="Refusal">Malformed: it is no opening.</exception>
    public static (byte[] Entry, JsonObject Record) Open(byte[] opening)
    {
        var said = StrictJson.ParseObject(opening);
        var (record, salt) = (said.RequiredObject("record"), Base64Url.Decode(said.RequiredString("salt")));

        // The commitment is to the bytes as they stand there, and not to another spelling of them.
        using var document = JsonDocument.Parse(opening);
        return (Entry(record.RequiredString("act"), System.Text.Encoding.UTF8.GetBytes(document.RootElement.GetProperty("record").GetRawText()), salt), record);
    }

    /// <summary>What an entry says to everyone.</summary>
    /// <param name="Act">The act; <c>unknown</c> where it can't be read.</param>
    /// <param name="Subject">What it was done to, where the record stands open.</param>
    /// <param name="Detail">More of it, where the record stands open and has any.</param>
    public sealed record Said(string Act, string? Subject, string? Detail);

    /// <summary>Reads an entry of whoever's log. Later ones may say more than is known here.</summary>
    public static Said Read(byte[] entry)
    {
        try
        {
            var said = StrictJson.ParseObject(entry);
            var record = said.OptionalObject("record");
            return new Said(said.RequiredString("act"), record?.OptionalString("subject"), record?.OptionalString("detail"));
        }
        catch (Refusal)
        {
            return new Said("unknown", null, null);
        }
    }

    internal static byte[] Of(Journal.Row row) => Written(writer =>
    {
        writer.WriteString("act", row.Act);
        writer.WriteString("actor", row.Actor);
        writer.WriteNumber("at", row.At);
        if (row.CharterVersion is { } charter) writer.WriteString("charter", charter);
        if (row.Counts is { } counts) writer.WriteString("counts", Counted.DigestOf(counts));
        if (row.Detail is { } detail) writer.WriteString("detail", detail);
        writer.WriteString("subject", row.Subject);
    });

    private static void WriteOpening(Utf8JsonWriter writer, byte[] record, byte[] salt)
    {
        writer.WritePropertyName("record");
        writer.WriteRawValue(record);
        writer.WriteString("salt", Base64Url.Encode(salt));
    }

    private static byte[] Written(Action<Utf8JsonWriter> members)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
