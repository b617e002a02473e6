using EventMesh.Domain.Deliveries;
using Xunit;

namespace EventMesh.Tests.Unit.Deliveries;

public class FailureTableTests
{
    [Theory]
    [InlineData(Failure.Timeout, null, true)]
    [InlineData(Failure.Unreachable, null, true)]
    [InlineData(Failure.TlsRefused, null, true)]
    [InlineData(Failure.BadResponse, 200, true)]
    [InlineData(Failure.Status, 500, true)]
    [InlineData(Failure.Status, 599, true)]
    [InlineData(Failure.Status, 429, true)]
    [InlineData(Failure.Status, 408, true)]
    [InlineData(Failure.Status, 499, false)]
    [InlineData(Failure.Status, 404, false)]
    [InlineData(Failure.Status, 301, false)]
    [InlineData(Failure.Gone, 410, false)]
    [InlineData(Failure.AddressRefused, null, false)]
    [InlineData(Failure.MappingFailed, null, false)]
    [InlineData(Failure.PayloadBroken, null, false)]
    [InlineData(Failure.CredentialRevoked, null, false)]
    [InlineData(Failure.CredentialUnauthorized, null, false)]
    [InlineData(Failure.CredentialUnavailable, null, false)]
    public void A_failure_counts_for_the_circuit_when_it_speaks_of_the_target_and_not_of_the_request(Failure failure, int? status, bool trouble) =>
        Assert.Equal(trouble, FailureTable.IsTrouble(failure, status));

    [Fact]
    public void Every_failure_is_in_every_column()
    {
        foreach (var failure in Enum.GetValues<Failure>())
        {
            FailureTable.IsTrouble(failure, null);
            FailureTable.Of(failure);
            Assert.False(FailureTable.IsUnsent(failure) && FailureTable.IsTrouble(failure, null));
        }
    }
}
