using System.Text;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Ledger;

/// <summary>The file that an operator hands to an auditor: every census, and the openings of the leaves that they rest on. No name is in it.</summary>
/// <param name="Censuses">The censuses as they were signed, the first first.</param>
/// <param name="Leaves">The openings, by the places of their leaves.</param>
public sealed record CensusOpenings(IReadOnlyList<string> Censuses, IReadOnlyDictionary<long, CensusOpenings.Opening> Leaves)
{
    /// <summary>What opens a leaf.</summary>
    /// <param name="Record">The record's bytes.</param>
    /// <param name="Salt">Its salt.</param>
    /// <param name="Counts">Of an issue, what is counted of it.</param>
    public sealed record Opening(byte[] Record, byte[] Salt, string? Counts);

    /// <summary>Reads such a file.</summary>
    /// <exception cref="Refusal"><c>census_unfit</c>, with the line that is wrong.</exception>
    public static async Task<CensusOpenings> ReadAsync(TextReader file)
    {
        var (number, leaves) = (1, new Dictionary<long, Opening>());
        IReadOnlyList<string> censuses = [];
        try
        {
            var head = StrictJson.ParseObject(await file.ReadLineAsync() ?? "");
            if (head.RequiredString("format") != CensusTaking.OpeningsFormat) throw Refusal.Malformed($"its format is not {CensusTaking.OpeningsFormat}");
            censuses = head.OptionalStrings("censuses") ?? [];
            while (await file.ReadLineAsync() is { } line)
            {
                number++;
                var json = StrictJson.ParseObject(line);
                if (!Base64Url.TryDecode(json.RequiredString("salt"), out var salt)) throw Refusal.Malformed("salt is no base64url");
                if (!leaves.TryAdd(json.RequiredInt64("index"), new(Encoding.UTF8.GetBytes(json.RequiredString("record")), salt, json.OptionalString("counts"))))
                    throw Refusal.Malformed("a leaf is opened twice");
            }
        }
        catch (Refusal refusal) when (refusal.Code == Refusal.MalformedCode)
        {
            throw NationRefusal.CensusUnfit($"line {number} of the openings: {refusal.Description}");
        }

        return new(censuses, leaves);
    }
}
