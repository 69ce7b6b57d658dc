using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Dapper;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>
/// People who join at several servers, as fast as they go, while the database is tormented: where a server says to try again they do, with the same key. What
/// a wallet got must be kept, and nothing may be half there.
/// </summary>
internal sealed class IssuingRun
{
    private readonly TestServer[] _servers;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _running;
    private int _unavailable;
    private int _next;

    public IssuingRun(int people, params TestServer[] servers)
    {
        _servers = servers;
        _running = Task.WhenAll(Enumerable.Range(0, people).Select(_ => Task.Run(JoinAsync)));
    }

    /// <summary>The digest of each credential that a wallet got.</summary>
    public ConcurrentQueue<string> Acknowledged { get; } = new();

    /// <summary>Answers that are neither right nor "try again".</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    /// <summary>How often a server said to try again.</summary>
    public int Unavailable => _unavailable;

    /// <summary>Waits until so many more people have joined.</summary>
    public async Task MoreAsync(int count)
    {
        var until = Acknowledged.Count + count;
        for (var waited = 0; Acknowledged.Count < until; waited++)
        {
            Assert.True(Faults.IsEmpty, string.Join("\n", Faults));
            Assert.True(waited < 900, $"only {Acknowledged.Count} of {until} joined; {Unavailable} answers were to try again");
            await Task.Delay(50);
        }
    }

    public async Task EndAsync()
    {
        await _over.CancelAsync();
        await _running;
        Assert.True(Faults.IsEmpty, string.Join("\n", Faults));
    }

    /// <summary>All that was acknowledged is there, every record is whole, and nothing was given twice.</summary>
    public void HoldsAll(string connectionString)
    {
        using var connection = TestStore.Connect(connectionString);
        Assert.NotEmpty(Acknowledged);
        Assert.Empty(Acknowledged.Except(connection.Query<string>("SELECT to_be_signed_digest FROM credential")));
        var records = connection.Query<(string Id, string List, long Index)>("SELECT id, list_id, idx FROM credential ORDER BY id").ToList();
        Assert.Equal(records, connection.Query<(string, string, long)>("SELECT credential_id, list_id, idx FROM status_slot ORDER BY credential_id"));
        Assert.Equal(records.Select(record => record.Id), connection.Query<string>("SELECT subject FROM journal WHERE act = 'issue' ORDER BY subject"));
        Assert.Equal(0, connection.ExecuteScalar<long>("SELECT count(*) FROM member WHERE state <> 'active' AND id IN (SELECT member_id FROM credential)"));

        // Each asked with one key alone, however often.
        Assert.Equal(0, connection.ExecuteScalar<long>("SELECT count(*) FROM (SELECT offer_id FROM credential GROUP BY offer_id HAVING count(*) > 1) AS twice"));
    }

    private async Task JoinAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                if (await MakeOfferAsync() is not { } offer) continue;
                var wallet = Wallet();
                var code = "";
                using (var shown = await UntilAnsweredAsync(() => Wallet().ShowAsync(offer)))
                {
                    if (shown is null) return;
                    code = (await shown.JsonAsync())["grants"]!["urn:ietf:params:oauth:grant-type:pre-authorized_code"]!["pre-authorized_code"]!.GetValue<string>();
                }

                // An answer with a token can be lost, and the code is spent: then the person asks for another offer.
                using var redeemed = await UntilAnsweredAsync(() => Wallet().RedeemAsync(code));
                if (redeemed is not { StatusCode: HttpStatusCode.OK }) continue;
                var token = (await redeemed.JsonAsync())["access_token"]!.GetValue<string>();
                using var taken = await UntilAnsweredAsync(async () =>
                {
                    var asked = Wallet();
                    return await asked.RequestCredentialAsync(token, await asked.ProofAsync(await asked.NonceAsync(), key: wallet.Key));
                });
                if (taken is null) return;
                if (taken.StatusCode != HttpStatusCode.OK)
                {
                    Faults.Enqueue($"{taken.StatusCode}: {await taken.Content.ReadAsStringAsync()}");
                    return;
                }

                var jwt = (await TestIssuance.CredentialsAsync(taken))[0].Split('~')[0];
                Acknowledged.Enqueue(Base64Url.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(jwt[..jwt.LastIndexOf('.')]))));
            }
            catch (Exception exception)
            {
                Faults.Enqueue(exception.ToString());
                return;
            }
        }
    }

    private TestWallet Wallet() => new(_servers[Interlocked.Increment(ref _next) % _servers.Length]);

    private async Task<string?> MakeOfferAsync()
    {
        try
        {
            return (await _servers[0].Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false)).Id;
        }
        catch (Exception exception) when (DatabaseFault.IsPassing(exception))
        {
            await Task.Delay(50);
            return null;
        }
    }

    /// <summary>Asks again as long as the server says so; null where the run ends before.</summary>
    private async Task<HttpResponseMessage?> UntilAnsweredAsync(Func<Task<HttpResponseMessage>> ask)
    {
        while (true)
        {
            var answer = await ask();
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
            {
                if ((int)answer.StatusCode < 500) return answer;
                Faults.Enqueue($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
            }

            Interlocked.Increment(ref _unavailable);
            if (answer.Headers.RetryAfter is null) Faults.Enqueue("503 without Retry-After");
            answer.Dispose();
            if (_over.IsCancellationRequested || !Faults.IsEmpty) return null;
            await Task.Delay(50);
        }
    }
}
