using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Recognizing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Verifying;

/// <summary>What came of a verification as the nation's signed word, for a file or a court: what was checked and when, how each step stood, what it rests on, and what it does not say (decision 0056).</summary>
/// <remarks>
/// It says nothing about a person unless that was asked: the digest says which credential was looked at to whoever has that, and to nobody else. What stands in a credential whose proof did not hold is
/// anybody's words, and is not signed beyond the names of its issuer and its type.
/// </remarks>
/// <param name="database">The database.</param>
/// <param name="keys">The nation's keys.</param>
/// <param name="did">The nation's DID; null where it has none.</param>
/// <param name="types">The types that are known.</param>
/// <param name="recognitions">Whom the nation recognises, and who recognises it.</param>
/// <param name="time">The clock.</param>
public sealed class SignedReports(
    Database database, KeyRing keys, DidLog? did, IReadOnlyDictionary<string, CredentialType> types, RecognitionRegister recognitions, TimeProvider time)
{
    /// <summary>The <c>typ</c> of a report.</summary>
    public const string Type = "verification-report+jwt";

    private const int MaxName = 500;

    /// <summary>What no credential of a nation says, of whatever type.</summary>
    private static readonly string[] Never =
    [
        "It is not a nationality, and no passport, visa or travel document.",
        "It proves no civil name, no age and no place of birth.",
        "It is no statement by any state.",
    ];

    /// <summary>Signs a report.</summary>
    /// <param name="report">What came of it.</param>
    /// <param name="challenge">What its holder was asked; null where nobody was.</param>
    /// <param name="withClaims">Whether what it says of its subject stands in it.</param>
    /// <returns>The compact form.</returns>
    public async Task<string> SignAsync(VerificationReport report, HolderChallenge? challenge, bool withClaims)
    {
        var now = time.GetUtcNow();
        var json = VerdictOf(report);
        json["checked_at"] = DateTimeStamp.Write(now);
        json["light"] = report.Light;

        // What a holder answered: else anybody could have the nation sign words of theirs.
        json["challenge"] = report.IsHolderProven ? challenge?.Nonce : null;
        json["domain"] = report.IsHolderProven ? challenge?.Audience : null;
        json["one_holder"] = report.IsOneHolder;
        var credentials = new JsonArray();
        foreach (var one in report.Each) credentials.Add(CredentialOf(one, await BasisOfAsync(one), withClaims));
        json["credentials"] = credentials;
        return await SignedStatement.SignAsync(keys, Type, json, now);
    }

    /// <summary>What stands behind the verdict on one credential.</summary>
    public async Task<ReportBasis> BasisOfAsync(VerificationReport one)
    {
        // A copy, a file and a card alike say nothing of who brought them.
        var named = TypesOf(one.Type);
        List<string> doesNotSay = [.. Never, .. named.SelectMany(type => type.Rules.DoesNotSay).Distinct()];
        if (!one.IsHolderProven) doesNotSay.Add("It does not say that who brought it is the person it was given to.");
        if (!one.IsProven) return new(null, null, null, [], doesNotSay);
        if (one.Issuer == keys.Nation.Issuer || one.Issuer == did?.Did)
        {
            await recognitions.ReadAsync();
            var charter = one.CharterVersion is { } version ? await Charters.FindAsync(database, version) : null;
            return new("own", one.CharterVersion, charter?.Digest, [.. recognitions.InForce(Recognition.OfUs).Where(Covers)], doesNotSay);
        }

        // As it was when the verdict fell: what ended since is no other reason.
        List<RegisteredRecognition> by = [.. one.Recognitions.Where(Covers)];
        return new(by.Count > 0 ? "recognition" : "setting", one.CharterVersion, null, by, doesNotSay);

        bool Covers(RegisteredRecognition recognition) => named.Any(type => recognition.Content.Types.Contains(type.Vct));
    }

    private static JsonObject CredentialOf(VerificationReport one, ReportBasis basis, bool withClaims)
    {
        var json = VerdictOf(one);
        json["format"] = one.Format;
        json["issuer"] = Short(one.Issuer);
        json["type"] = Short(one.Type);
        json["digest"] = one.Digest;
        json["proven"] = one.IsProven;
        json["holder_proven"] = one.IsHolderProven;
        json["valid_from"] = one.ValidFrom is { } from ? DateTimeStamp.Write(from) : null;
        json["valid_until"] = one.ValidUntil is { } until ? DateTimeStamp.Write(until) : null;
        json["list_at"] = one.Verdict.ListAt is { } list ? DateTimeStamp.Write(list) : null;
        json["steps"] = new JsonObject(one.Steps.Select(step => KeyValuePair.Create(ReportedStep.NameOf(step.Step), (JsonNode?)ReportedStep.NameOf(step.State))));
        json["does_not_say"] = new JsonArray([.. basis.DoesNotSay.Select(sentence => (JsonNode)sentence)]);
        json["rests_on"] = new JsonObject
        {
            ["trust"] = basis.Trust,
            ["charter"] = basis.CharterVersion is { } version ? new JsonObject { ["version"] = version, ["digest"] = basis.CharterDigest } : null,
            ["recognitions"] = new JsonArray([.. basis.Recognitions.Select(recognition => recognition.ToJson())]),
        };
        if (withClaims) json["claims"] = one.Claims?.DeepClone();
        return json;
    }

    private static JsonObject VerdictOf(VerificationReport report) => new()
    {
        ["verdict"] = report.Verdict.Outcome.ToString().ToLowerInvariant(),
        ["step"] = report.Verdict.Step is { } step ? ReportedStep.NameOf(step) : null,
        ["reason"] = report.Verdict.Reason,
    };

    /// <summary>The types of a name: that of a <c>vct</c>, or those of the names that a W3C credential has.</summary>
    private List<CredentialType> TypesOf(string? name) => name is null ? []
        : [.. types.Values.Append(CredentialType.Card).Where(type => type.Vct == name || (type.IsW3c && name.Split(' ').Contains(type.W3cName)))];

    private static string? Short(string? name) => name?.Length > MaxName ? name[..MaxName] : name;
}
