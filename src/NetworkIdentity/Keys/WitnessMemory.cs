using System.Text.Json.Nodes;
using NetworkIdentity.Ledger;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Keys;

/// <summary>What a witness remembers: of each log the last version that it approved, so that of two branches of one log it approves one [DID-WebVH §DID Witnesses].</summary>
/// <param name="file">The file: a JSON object, version ids by SCID. Where there is none, nothing was approved. Beside it lies an empty one, by which two commands take turns.</param>
public sealed class WitnessMemory(string file)
{
    private readonly LogMemory _kept = new(Path.GetFullPath(file));

    /// <summary>Remembers the last version of a log, if the log holds the one that is remembered. The bytes are on the disk before they take the place of those before.</summary>
    /// <param name="scid">The log's SCID.</param>
    /// <param name="versions">The names of its versions, each verified.</param>
    /// <exception cref="Refusal"><c>did_log_branched</c>: another version was approved, which is not in this log; <c>not_a_memory</c>: the file is something else, or in use.</exception>
    public void Approve(string scid, IReadOnlyList<string> versions)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            using var turn = new FileStream(file + ".lock", FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
            var approved = Read();
            if (approved.OptionalString(scid) is { } last && !versions.Contains(last)) throw NationRefusal.DidLogBranched(last);
            approved[scid] = versions[^1];
            _kept.Keep(StrictJson.WriteText(approved));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw NationRefusal.NotAMemory("it can't be read and written here, or another command has it");
        }
    }

    private JsonObject Read()
    {
        try
        {
            return _kept.Read() is { } text ? StrictJson.ParseObject(text) : [];
        }
        catch (Refusal)
        {
            throw NationRefusal.NotAMemory("it is no JSON object");
        }
    }
}
