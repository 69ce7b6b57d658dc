using System.Data.Common;
using System.Net;
using NetworkIdentity.Registry;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Faults;

/// <summary>A full disk: nothing that was acknowledged is lost, nothing is half there, and it goes on once there is room (F2).</summary>
[Trait("Engine", "SQLite")]
public sealed class DiskFullTests
{
    [Fact]
    public async Task F2_on_a_full_disk_acts_fail_and_what_was_acknowledged_is_kept()
    {
        using var disk = SmallDisk.OrSkip(kilobytes: 3000);
        var file = Path.Combine(disk.Folder, "full.db");
        await using var database = Database.Open($"Data Source={file};Pooling=False", TimeProvider.System);
        var said = new List<string>();
        DbException? failure = null;
        for (var i = 0; i < 2000 && failure is null; i++)
        {
            var id = RandomId.New();
            try
            {
                Assert.Null(await database.CommitAsync(Spent.Use("fault", id, 1), Journal.Write("fault", id, "test", new string('x', 2000), 1)));
                said.Add(id);
            }
            catch (DbException exception)
            {
                failure = exception;
            }
        }

        Assert.NotNull(failure);
        Assert.NotEmpty(said);
        Assert.Equal(said.Count, WritingChild.HoldsAll(file, said));
    }

    [Fact]
    public async Task F2_a_server_on_a_full_disk_says_so_gives_no_credential_and_goes_on_once_there_is_room()
    {
        using var disk = SmallDisk.OrSkip(kilobytes: 8000);
        await using var server = await TestServer.StartAsync(Directory.CreateDirectory(Path.Combine(disk.Folder, "nation")).FullName);
        var made = await server.Nation.Offering.MakeAsync("membership", null, new Dictionary<string, string>(), withTransactionCode: false);
        var wallet = new TestWallet(server);
        var token = await wallet.TokenAsync(made.Id);

        disk.Fill();
        using (var full = await wallet.RequestCredentialAsync(token, await wallet.ProofAsync(await wallet.NonceAsync())))
        {
            await full.RefusedAsync("temporarily_unavailable", HttpStatusCode.ServiceUnavailable);
            Assert.NotNull(full.Headers.RetryAfter);
        }

        Assert.Empty(await Credentials.ListAsync(server.Nation.Database));
        using (var ready = await server.Http.GetAsync(new Uri(server.Issuer + "/health/live"))) Assert.Equal(HttpStatusCode.OK, ready.StatusCode);

        disk.Clear();
        using var answer = await wallet.RequestCredentialAsync(token, await wallet.ProofAsync(await wallet.NonceAsync()));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Single(await Credentials.ListAsync(server.Nation.Database));
    }
}
