using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.TransparencyLog;

namespace NetworkIdentity.Ledger;

/// <summary>Counts a census again from the openings of its leaves and a copy of the log, without the nation's database and without belief in it.</summary>
public sealed class CensusAudit
{
    private readonly CensusStatement _census;
    private readonly string _jwt;
    private readonly CensusOpenings _openings;
    private readonly LogCopy _log;

    /// <summary>The censuses of the openings, as they stand there.</summary>
    private readonly List<(string Text, CensusStatement Said)> _all;

    private readonly List<string> _faults = [];
    private readonly List<Gap> _gaps = [];

    private CensusAudit(CensusOpenings openings, string jwt, LogCopy log)
    {
        (_openings, _jwt, _log) = (openings, jwt, log);
        _census = Read(jwt);
        _all = [.. openings.Censuses.Select(text => (Text: text, Said: Read(text)))];
        if (_census.Origin != log.Checkpoint.Origin || _census.Taken.Size > log.Checkpoint.Size) throw NationRefusal.CensusUnfit("the census is of another log, or of more of it than the copy has");
    }

    /// <summary>What could not be checked: there the numbers are the nation's word alone.</summary>
    /// <param name="Reason"><c>leaves_unopened</c>, <c>issues_older</c>, <c>issues_unsaid</c> or <c>other_log</c>.</param>
    /// <param name="Count">Of how many leaves, issues or censuses.</param>
    /// <param name="Words">The same in words.</param>
    public sealed record Gap(string Reason, long Count, string Words);

    /// <summary>What was found.</summary>
    /// <param name="Census">The census.</param>
    /// <param name="Leaves">How many leaves it rests on.</param>
    /// <param name="Opened">How many of them were opened and fit.</param>
    /// <param name="Missing">The places of those that are not opened.</param>
    /// <param name="Uncommitted">How many issues say what is counted beside their leaves, and not by them: it is the nation's word alone.</param>
    /// <param name="Faults">What does not fit, in words; empty where all does.</param>
    public sealed record Report(CensusStatement Census, long Leaves, long Opened, IReadOnlyList<long> Missing, long Uncommitted, IReadOnlyList<string> Faults)
    {
        /// <summary>What could not be checked. Empty where all was.</summary>
        public required IReadOnlyList<Gap> Unchecked { get; init; }
    }

    /// <summary>The leaves that a census rests on, as far as they were opened.</summary>
    private sealed class Opened
    {
        public long Rests { get; set; }

        public List<CensusLeaf> Leaves { get; } = [];

        public List<long> Missing { get; } = [];

        /// <summary>Issues whose leaves don't say what is counted, with their times.</summary>
        public List<(long Index, DateTimeOffset? At)> Uncommitted { get; } = [];

        /// <summary>The first issue whose leaf says what is counted.</summary>
        public long FirstCommitted { get; set; } = long.MaxValue;
    }

    /// <summary>Audits.</summary>
    /// <param name="openings">What opens the leaves.</param>
    /// <param name="jwt">The census, as it was published.</param>
    /// <param name="log">A copy of the log, which was verified: it has come further than the census.</param>
    /// <exception cref="Refusal"><c>census_unfit</c>: what was given is none, or of another log.</exception>
    public static async Task<Report> RunAsync(CensusOpenings openings, string jwt, LogCopy log)
    {
        var audit = new CensusAudit(openings, jwt, log);
        var entries = await log.EntriesFromAsync(0);
        var said = entries.Select(LeafRecord.Read).ToList();

        // 1. What the log is.
        await audit.EachCheckpointIsTheLogsAsync();
        audit.EachCensusStandsOnceAndNamesTheOneBefore();
        audit.EachCensusIsOfThisLog();

        // 2. What it says.
        audit.EachCensusWasTakenInTheLogOnceAndInOrder(said);
        audit.NoCensusIsKeptBack(said);
        audit.TheActsAreThoseOfTheLog(said);

        // 3. What it rests on.
        var opened = audit.EachLeafIsOpenedAndFits(entries, said);
        audit.NoOtherLeafIsOpened(said);
        audit.WhatIsNotOpenedOrNotCommittedToIsSaid(opened);

        // 4. What follows: in this census, and in each before it in this log, from which it follows.
        var series = audit._all.Select(one => one.Said).Where(one => one.Origin == audit._census.Origin && one.Number < audit._census.Number).OrderBy(one => one.Number).Append(audit._census).ToList();
        audit.TheSameNumbersFollow(series, opened);
        audit.KNeverFallsAndNoneCameTooEarly(series);
        audit.NoneSpeaksOfTooFewOrTooOften(series);
        return new(audit._census, opened.Rests, opened.Rests - opened.Missing.Count, opened.Missing, opened.Uncommitted.Count, audit._faults) { Unchecked = audit._gaps };
    }

    private async Task EachCheckpointIsTheLogsAsync()
    {
        foreach (var one in _all.Select(one => one.Said).Where(one => one.Origin == _census.Origin && one.Number != _census.Number).Append(_census))
            if (await FaultOfCheckpointAsync(one) is { } fault) _faults.Add($"census {one.Number}: {fault}");
    }

    private void EachCensusStandsOnceAndNamesTheOneBefore()
    {
        foreach (var (before, after) in _all.Zip(_all.Skip(1)))
        {
            if (after.Said.Number <= before.Said.Number) _faults.Add($"census {after.Said.Number} stands after census {before.Said.Number}, or twice");
            if (after.Said.Number == before.Said.Number + 1 && after.Said.Before != CensusTaking.DigestOf(before.Text)) _faults.Add($"census {after.Said.Number} names another than census {before.Said.Number} as the one before it");
        }
    }

    private void EachCensusIsOfThisLog()
    {
        foreach (var one in _all.Select(one => one.Said).Where(one => one.Origin != _census.Origin)) _gaps.Add(new("other_log", 1, $"census {one.Number} is of another log, {one.Origin}: what follows from it was not counted"));
    }

    private void EachCensusWasTakenInTheLogOnceAndInOrder(List<LeafRecord.Said> said)
    {
        var taken = said.Where(one => one.Act == CensusTaking.Act).ToList();
        foreach (var (before, after) in taken.Zip(taken.Skip(1)))
            if (!(long.TryParse(before.Subject, out var number) && long.TryParse(after.Subject, out var next) && next > number)) _faults.Add($"the log says that a census {after.Subject} was taken after a census {before.Subject}");
        if (!taken.Any(one => one.Subject == $"{_census.Number}" && one.Detail == CensusTaking.DigestOf(_jwt))) _faults.Add($"the log doesn't say that this census {_census.Number} was taken");
        foreach (var (text, one) in _all)
            if (!taken.Any(leaf => leaf.Subject == $"{one.Number}" && leaf.Detail == CensusTaking.DigestOf(text))) _faults.Add($"the log doesn't say that the census {one.Number} of the openings was taken");
    }

    private void NoCensusIsKeptBack(List<LeafRecord.Said> said)
    {
        foreach (var leaf in said.Take((int)_census.Taken.Size).Where(one => one.Act == CensusTaking.Act && !_all.Any(given => CensusTaking.DigestOf(given.Text) == one.Detail)))
            _faults.Add($"the log says that a census {leaf.Subject} was taken before this one, and it is not in the openings");
    }

    private void TheActsAreThoseOfTheLog(List<LeafRecord.Said> said)
    {
        var acts = said.Take((int)_census.Taken.Size).GroupBy(one => one.Act).ToDictionary(one => one.Key, one => one.LongCount());
        if (acts.Count != _census.Acts.Count || acts.Any(act => _census.Acts.GetValueOrDefault(act.Key) != act.Value)) _faults.Add("the log has other acts, or another number of them");
    }

    /// <summary>Each leaf that moves who is counted.</summary>
    private Opened EachLeafIsOpenedAndFits(IReadOnlyList<byte[]> entries, List<LeafRecord.Said> said)
    {
        var opened = new Opened();
        for (var index = 0; index < _census.Taken.Size; index++)
        {
            if (!CensusRoll.Acts.Contains(said[index].Act)) continue;
            opened.Rests++;
            if (!_openings.Leaves.TryGetValue(index, out var opening))
            {
                opened.Missing.Add(index);
                continue;
            }

            if (!LeafRecord.Entry(said[index].Act, opening.Record, opening.Salt).AsSpan().SequenceEqual(entries[index]))
            {
                _faults.Add($"leaf {index} ({said[index].Act}): what is said to open it doesn't");
                continue;
            }

            if (LeafOf(index, said[index].Act, opening, opened) is { } leaf) opened.Leaves.Add(leaf);
            else _faults.Add($"leaf {index} ({said[index].Act}): what is counted of it is not what it commits to");
        }

        return opened;
    }

    private void NoOtherLeafIsOpened(List<LeafRecord.Said> said)
    {
        foreach (var index in _openings.Leaves.Keys.Where(index => index < 0 || index >= _census.Taken.Size || !CensusRoll.Acts.Contains(said[(int)index].Act)).Order().Take(10)) _faults.Add($"leaf {index} is opened and is none that a census rests on");
    }

    /// <summary>A nation that issued before leaves said what is counted can't do better; one that leaves it out afterwards could.</summary>
    private void WhatIsNotOpenedOrNotCommittedToIsSaid(Opened opened)
    {
        var (missing, uncommitted) = (opened.Missing.Count, opened.Uncommitted.Count);
        var older = opened.Uncommitted.Where(one => one.Index < opened.FirstCommitted).ToList();
        if (missing > 0) _gaps.Add(new("leaves_unopened", missing, $"{missing} leaves were not opened: who they are about is not counted, or wrongly"));
        if (older.Count > 0) _gaps.Add(new("issues_older", older.Count, $"{older.Count} issues{(older.Max(one => one.At) is { } last ? $" up to {last:yyyy-MM-dd}" : "")} say nothing of types, and no opened leaf before them does: for them the census can't be counted again, and is the nation's word"));
        if (uncommitted - older.Count is > 0 and var later) _gaps.Add(new("issues_unsaid", later, $"of {later} issues the log doesn't say what is counted of them, though it did so before: that is the nation's word"));
        if (missing != _census.Unopened) _faults.Add($"{missing} leaves are not opened, and the census says that it could not read {_census.Unopened}");
        if (uncommitted != _census.Uncommitted) _faults.Add($"{uncommitted} issues don't commit to what is counted, and the census says that of {_census.Uncommitted}");
    }

    /// <summary>As far as what they rested on was not lost since.</summary>
    private void TheSameNumbersFollow(List<CensusStatement> series, Opened opened)
    {
        foreach (var (one, cells) in series.Zip(Census.Count(opened.Leaves, series.Select(one => one.Taken))))
            if (opened.Missing.Count(index => index < one.Taken.Size) <= one.Unopened && !one.Cells.SequenceEqual(cells)) _faults.Add($"census {one.Number}: other numbers follow from the leaves");
    }

    private void KNeverFallsAndNoneCameTooEarly(List<CensusStatement> series)
    {
        foreach (var (before, after) in series.Zip(series.Skip(1)))
        {
            if (after.Taken.K < before.Taken.K) _faults.Add($"census {after.Number}: its k is less than that of census {before.Number}");
            if (after.Taken.At - before.Taken.At < after.EveryDays * 86_400L || after.Taken.Size < before.Taken.Size) _faults.Add($"census {after.Number} was taken before its time");
        }
    }

    private void NoneSpeaksOfTooFewOrTooOften(List<CensusStatement> series)
    {
        foreach (var one in series)
        {
            if (one.Taken.K < Census.LeastK) _faults.Add($"census {one.Number}: its k is less than {Census.LeastK}");
            if (one.EveryDays < Census.LeastDays) _faults.Add($"census {one.Number}: fewer than {Census.LeastDays} days lie between two");
        }
    }

    /// <summary>What is wrong with the checkpoint that a census names; null where the log signed it, and had that root.</summary>
    private async Task<string?> FaultOfCheckpointAsync(CensusStatement one)
    {
        try
        {
            var signed = Checkpoint.Open(one.Checkpoint, _log.Checkpoint.Origin, _log.Keys);
            if (signed.Size != one.Taken.Size || Convert.ToBase64String(signed.Root.Span) != one.Root) return "its size or root is not that of its checkpoint";
            return signed.Size > _log.Checkpoint.Size || Convert.ToBase64String(await MerkleTree.RootOfAsync(signed.Size, _log.ReadTileAsync)) != one.Root ? "the log had another root at its size" : null;
        }
        catch (Refusal refusal) when (refusal.Code == Refusal.MalformedCode)
        {
            return $"its checkpoint is not signed by the log: {refusal.Description}";
        }
    }

    private static CensusStatement Read(string jwt)
    {
        try
        {
            return CensusStatement.Read(jwt);
        }
        catch (Refusal refusal) when (refusal.Code == Refusal.MalformedCode)
        {
            throw NationRefusal.CensusUnfit($"a census can't be read: {refusal.Description}");
        }
    }

    /// <summary>The leaf, as its opening says it; null where what is counted is not what the record commits to, or the record is none.</summary>
    private static CensusLeaf? LeafOf(long index, string act, CensusOpenings.Opening opening, Opened opened)
    {
        try
        {
            var record = StrictJson.ParseObject(opening.Record);
            var subject = record.RequiredString("subject");
            if (record.RequiredString("act") != act) return null;
            if (act != "issue") return new(index, act, subject, null);
            var digest = record.OptionalString("counts");
            if (digest is null) opened.Uncommitted.Add((index, record.OptionalTime("at")));
            else opened.FirstCommitted = Math.Min(opened.FirstCommitted, index);
            if (digest is not null && (opening.Counts is null || Counted.DigestOf(opening.Counts) != digest)) return null;
            return new(index, act, subject, opening.Counts is null ? null : Counted.Parse(opening.Counts));
        }
        catch (Refusal)
        {
            return null;
        }
    }
}
