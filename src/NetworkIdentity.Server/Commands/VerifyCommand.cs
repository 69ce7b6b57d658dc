using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Dids.WebVh;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Server.Commands;

/// <summary><c>netid verify</c>: on any machine, with or without a network. It needs no database.</summary>
internal static class VerifyCommand
{
    /// <summary>The exit code where a credential could not be checked: neither accepted nor refused.</summary>
    private const int Undetermined = 3;

    private const int MaxFile = 4 * 1024 * 1024;

    public static Command Build()
    {
        var file = new Argument<string>("FILE") { Description = "A credential or presentation, in any format and wrapping, or evidence as netid evidence makes it; - for what comes in" };
        var issuer = new Option<string?>("--issuer") { Description = "The issuer to trust: its URL, or better its DID. Where not given, the nation of this server's database, or offline that of the DID log. Of evidence nothing is accepted without the nation's did:webvh" };
        var challenge = new Option<string?>("--challenge") { Description = "The challenge or nonce that the holder must have answered" };
        var domain = new Option<string?>("--domain") { Description = "Whom the holder must have answered: domain, aud or client id" };
        var on = MomentOption.Build("--on", "As if it were this time");
        var offline = new Option<bool>("--offline") { Description = "Open no connection: what is needed is given as files" };
        var log = new Option<string?>("--did-log") { Description = "Offline: the issuer's did.jsonl" };
        var witness = new Option<string?>("--witness") { Description = "Offline: the issuer's did-witness.json, where its log is witnessed" };
        var keys = new Option<string?>("--keys") { Description = "For dc+sd-jwt: the issuer's root certificate as PEM; where not given, the certificates in its DID" };
        var withoutStatus = new Option<bool>("--without-status") { Description = "Take W3C credentials that name no status list, which nobody could revoke" };
        var lists = new Option<string[]>("--list") { Description = "Offline: a status list of the issuer as it was served. May be repeated", DefaultValueFactory = _ => [] };
        var local = new Option<bool>("--local") { Description = "Allow an issuer on this machine, by http" };
        var json = Output.JsonOption();
        var command = new Command("verify", "Check a credential or presentation; 0 accepted, 1 refused, 3 undetermined") { file, issuer, challenge, domain, on, offline, log, witness, keys, lists, withoutStatus, local, json };
        command.SetAction(async (result, cancellation) =>
        {
            var text = await TextAsync(result.GetRequiredValue(file));
            var asked = (result.GetValue(challenge), result.GetValue(domain)) switch
            {
                (null, null) => null,
                ({ } nonce, { } audience) => new HolderChallenge(audience, nonce),
                _ => throw new SettingsException(["--challenge and --domain are given together"]),
            };
            var given = new Given(
                result.GetValue(issuer), result.GetValue(offline), result.GetValue(log), result.GetValue(witness), result.GetValue(keys), result.GetValue(lists) ?? [], result.GetValue(withoutStatus), result.GetValue(local));
            TimeProvider time = result.GetValue(on) is { } at ? new StandingClock(at) : TimeProvider.System;
            var moment = time.GetUtcNow();
            var judged = new Judged(moment, MomentOption.InWords(moment) + (result.GetValue(on) is null ? " (now)" : ""));
            if (EvidenceOf(text) is { } evidence) return Print(await VerifyAsync(given, evidence, asked, moment), judged, result.GetValue(json));
            if (given.Issuer is not null || given.IsOffline) return Print(await VerifyAsync(given, text, asked, time, cancellation), judged, result.GetValue(json));
            if (result.GetValue(on) is not null) throw new SettingsException(["--on needs --issuer: the nation's own server knows one time alone"]);
            try
            {
                return await CommandEnvironment.WithNationAsync(async nation => Print(await nation.PublicVerifier.VerifyAsync(text, asked, cancellation), judged, result.GetValue(json)));
            }
            catch (SettingsException none)
            {
                throw new SettingsException([.. none.Faults, "To check without a nation's database, say whom you trust: --issuer"]);
            }
        });
        return command;
    }

    /// <summary>What was given on the command line.</summary>
    private sealed record Given(string? Issuer, bool IsOffline, string? Log, string? Witness, string? Keys, IReadOnlyList<string> Lists, bool TakesNoStatus, bool IsLocal);

    /// <summary>The evidence that a file is; null where it is something else, or no JSON.</summary>
    private static JsonObject? EvidenceOf(string text)
    {
        try
        {
            return text.AsSpan().TrimStart() is ['{', ..] && StrictJson.ParseObject(text) is var json && EvidenceVerifier.IsOne(json) ? json : null;
        }
        catch (Refusal)
        {
            return null;
        }
    }

    /// <summary>Evidence brings all that it needs: whether or not a network is there, none is used.</summary>
    private static Task<VerificationReport> VerifyAsync(Given given, JsonObject evidence, HolderChallenge? asked, DateTimeOffset on)
    {
        if (asked is not null) throw new SettingsException(["Evidence is shown by nobody: --challenge and --domain say nothing of it"]);
        if (given.Log is not null || given.Witness is not null || given.Keys is not null || given.Lists.Count > 0) throw new SettingsException(["Evidence has its own log, keys and lists: nothing is given beside it but --issuer and --on"]);
        if (given.Issuer is { } named && TrustedIssuer.Of(named, given.IsLocal) is null) throw new SettingsException(["--issuer must be the issuer's URL or its DID"]);
        return EvidenceVerifier.VerifyAsync(evidence, given.Issuer, on, TimeProvider.System);
    }

    private static async Task<VerificationReport> VerifyAsync(Given given, string text, HolderChallenge? asked, TimeProvider time, CancellationToken cancellation)
    {
        if (!given.IsOffline && (given.Log is not null || given.Witness is not null || given.Lists.Count > 0))
            throw new SettingsException(["--did-log, --witness and --list are files in place of a network: say --offline too"]);
        var files = given.IsOffline ? new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal) : null;
        var did = given.Log is null ? null : await AddLogAsync(given, files!);
        var named = given.Issuer ?? did ?? throw new SettingsException(["Name the issuer with --issuer, or give its DID log with --did-log"]);
        var trusted = TrustedIssuer.Of(named, given.IsLocal) ?? throw new SettingsException(["--issuer must be the issuer's URL or its DID"]);

        // The log of a URL's issuer says which DID is meant; another's log is no log of it.
        if (did is not null && !trusted.Is(did)) throw new SettingsException([$"--did-log is of {did}, which is not the issuer"]);
        if (did is not null && trusted.Did is null) trusted = trusted.With(did);
        foreach (var list in given.Lists) await AddListAsync(list, files!);
        var roots = given.Keys is null ? [] : await RootsAsync(given.Keys);
        using var fetcher = new Fetcher(new Fetcher.Options { Loopback = given.IsLocal, Files = files }, time);
        var verifier = await trusted.VerifierAsync(fetcher, roots, given.TakesNoStatus, given.IsLocal, time);
        return await verifier.VerifyAsync(text, asked, cancellation);
    }

    private static async Task<string> AddLogAsync(Given given, Dictionary<string, ReadOnlyMemory<byte>> files)
    {
        var log = await CommandEnvironment.ReadAsync(given.Log!, MaxFile);
        WebVhDid did;
        try
        {
            // The DID that the log's newest entry names. Whether the entry is right is looked at as if the log had been fetched.
            var last = Encoding.UTF8.GetString(log).Trim().Split('\n')[^1];
            did = WebVhDid.Parse(StrictJson.ParseObject(last).RequiredObject("state").RequiredString("id"));
        }
        catch (Refusal refusal)
        {
            throw new SettingsException([$"{given.Log} is no DID log: {refusal.Description}"]);
        }

        foreach (var scheme in (string[])["https", "http"])
        {
            files[scheme + did.LogUrl["https".Length..]] = log;
            if (given.Witness is { } witness) files[scheme + did.WitnessUrl["https".Length..]] = await CommandEnvironment.ReadAsync(witness, MaxFile);
        }

        return did.ToString();
    }

    /// <summary>A list is put where it says that it is served; that it is its issuer's is looked at as if it had been fetched there.</summary>
    private static async Task AddListAsync(string file, Dictionary<string, ReadOnlyMemory<byte>> files)
    {
        var list = await CommandEnvironment.ReadAsync(file, MaxFile);
        try
        {
            var text = Encoding.UTF8.GetString(list).Trim();

            // A document's address is its id, which what is read there must have: no file can pass for another's.
            var content = text.StartsWith('{') ? StrictJson.ParseObject(text) : Jws.Parse(text).Claims();
            var url = (text.StartsWith('{') ? null : content.OptionalString("sub")) ?? content.RequiredString("id");
            if (!files.TryAdd(url, Encoding.UTF8.GetBytes(text))) throw new SettingsException([$"{file}: something else was given for {url}"]);
        }
        catch (Refusal refusal)
        {
            throw new SettingsException([$"{file} is no status list: {refusal.Description}"]);
        }
    }

    private static async Task<IReadOnlyList<X509Certificate2>> RootsAsync(string file)
    {
        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPem(Encoding.UTF8.GetString(await CommandEnvironment.ReadAsync(file, MaxFile)));
        }
        catch (CryptographicException)
        {
            // Said below, as of a file that holds none.
        }

        return roots.Count > 0 ? [.. roots] : throw new SettingsException([$"{file} must be a certificate as PEM"]);
    }

    /// <summary>As of when it was judged.</summary>
    private sealed record Judged(DateTimeOffset At, string Words);

    private static int Print(VerificationReport report, Judged judged, bool json)
    {
        var code = report.Verdict.Outcome switch
        {
            Outcome.Accepted => 0,
            Outcome.Refused => 1,
            _ => Undetermined,
        };
        if (json)
        {
            var told = report.ToJson();
            told["judged_at"] = Output.Time(judged.At.ToUnixTimeSeconds());
            Output.Print(told, json: true);
            return code;
        }

        Output.Print(
            new JsonObject
            {
                ["verdict"] = report.Verdict.Outcome.ToString().ToLowerInvariant(),
                ["judged"] = judged.Words,
                ["reason"] = report.Verdict.Reason,
                ["words"] = report.Words,
                ["light"] = report.Light,
                ["format"] = report.Format,
                ["type"] = report.Type,
                ["issuer"] = report.Issuer,
                ["valid_from"] = Output.Time(report.ValidFrom?.ToUnixTimeSeconds()),
                ["valid_until"] = Output.Time(report.ValidUntil?.ToUnixTimeSeconds()),
            },
            json: false);
        Output.Print(new JsonObject(report.Steps.Select(one => KeyValuePair.Create(ReportedStep.NameOf(one.Step), (JsonNode?)ReportedStep.NameOf(one.State).Replace('_', ' ')))), json: false);
        foreach (var fact in report.Facts) Console.Out.WriteLine($"{fact.Name,-13}{ReportedStep.NameOf(fact.State).Replace('_', ' ')}: {fact.Words}");
        foreach (var one in report.Each)
        {
            if (one.HolderKey is { } holder) Console.Out.WriteLine($"shown by     {holder}");
            if (one.Claims is { } claims) Console.Out.WriteLine($"claims       {StrictJson.WriteText(claims)}");
        }

        return code;
    }

    /// <summary>The text of a file that was named, or of what comes in.</summary>
    internal static async Task<string> TextAsync(string file)
    {
        if (file != "-") return Encoding.UTF8.GetString(await CommandEnvironment.ReadAsync(file, MaxFile));
        using var input = Console.OpenStandardInput();
        var buffer = new byte[PublicVerifier.MaxLength + 1];
        var length = await input.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
