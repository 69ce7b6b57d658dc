using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Recognizing;

/// <summary>A recognition that was decided.</summary>
/// <param name="Id">The id of the decision; one of its own for the founder's word.</param>
/// <param name="Content">What was decided.</param>
/// <param name="DecidedAt">When.</param>
/// <param name="EndedAt">When it was ended before its time; null where it was not.</param>
public sealed record RegisteredRecognition(string Id, Recognition Content, DateTimeOffset DecidedAt, DateTimeOffset? EndedAt)
{
    /// <summary>The <c>typ</c> of its statement.</summary>
    public const string StatementType = "recognition+jwt";

    /// <summary>Whether it counts at a time.</summary>
    public bool IsInForce(DateTimeOffset at) => Content.Begins <= at && at < Content.Ends && !(EndedAt <= at);

    /// <summary>How it stands: <c>in_force</c>, <c>to_come</c> or <c>ended</c>.</summary>
    public string StateAt(DateTimeOffset at) => IsInForce(at) ? "in_force" : EndedAt is null && at < Content.Begins ? "to_come" : "ended";

    /// <summary>For programs, and as it is signed: with the digest that the log's leaf names.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["id"] = Id };
        foreach (var (name, value) in Content.ToJson()) json[name] = value?.DeepClone();
        json["digest"] = Content.Digest;
        json["decided_at"] = DateTimeStamp.Write(DecidedAt);
        json["ended_at"] = EndedAt is { } ended ? DateTimeStamp.Write(ended) : null;
        return json;
    }

    /// <summary>Out of its row; null where its content is not what its digest says: then nothing rests on it.</summary>
    internal static RegisteredRecognition? Of(Recognitions.Row row)
    {
        try
        {
            var content = Recognition.Parse(StrictJson.ParseObject(row.Content));
            return content.Digest == row.Digest ? new(row.Id, content, At(row.DecidedAt), row.EndedAt is { } ended ? At(ended) : null) : null;
        }
        catch (Refusal)
        {
            return null;
        }

        static DateTimeOffset At(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds);
    }
}
