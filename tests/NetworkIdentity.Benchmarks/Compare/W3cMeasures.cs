namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>W3C credentials against the primitives that are in them.</summary>
internal sealed class W3cMeasures(Workbench ours, Options options, Action<string> say)
{
    private static readonly (string Operation, string Raw, string Words, string Aim)[] Measured =
    [
        (W3cWork.Issue, W3cWork.RawSignature, "eddsa-jcs-2022: a membership credential secured", "0.6 or more"),
        (W3cWork.Verify, W3cWork.RawVerification, "eddsa-jcs-2022: the same verified", "0.8 or more"),
        (W3cWork.VerifyText, W3cWork.RawVerification, "eddsa-jcs-2022: the same read from its text and verified", ""),
        (W3cWork.Verdict, W3cWork.RawVerification, "the whole verdict on a membership credential, ldp_vc", ""),
        (W3cWork.TokenVerdict, W3cWork.RawEs256, "the whole verdict on a membership credential, vc+jwt", ""),
    ];

    public async Task<IReadOnlyList<Row>> TakeAsync()
    {
        var slice = options.IsSmoke ? 40 : 1500;
        var speeds = Measured.ToDictionary(row => row.Operation, _ => new List<double>());
        for (var round = options.IsSmoke ? 1 : 0; round <= options.Rounds; round++)
        {
            say($"W3C credentials, round {round} of {options.Rounds}{(round == 0 ? " (warming up)" : "")}");
            foreach (var (operation, raw, _, _) in Measured)
            {
                // The primitive before and after, since a machine that others share is not as quick at one moment as at the next.
                var before = await ours.SecondsAsync(raw, slice / 3);
                var own = await ours.SecondsAsync(operation, slice);
                var after = await ours.SecondsAsync(raw, slice / 3);
                if (round > 0) speeds[operation].Add((before + after) / 2 / own);
            }
        }

        return [.. Measured.Select(row => new Row(row.Words, $"a {row.Raw}", [new("speed", speeds[row.Operation])], row.Aim))];
    }
}
